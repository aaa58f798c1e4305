import 'dart:convert';
import 'dart:io';

/// An answer whose body was JSON.
class Response {
  Response(this.data);

  final dynamic data;
}

class Dio {
  Future<Response> get(String url) async {
    final trusted = SecurityContext()..setTrustedCertificates(Platform.environment['SSL_CERT_FILE']!);
    final client = HttpClient(context: trusted);
    final answer = await (await client.getUrl(Uri.parse(url))).close();
    final body = await answer.transform(utf8.decoder).join();
    client.close();
    return Response(jsonDecode(body));
  }
}
