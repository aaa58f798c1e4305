// Dart's own HTTP server with a bare handler: what the runtime is compared with.
import 'dart:convert';
import 'dart:io';

Future<void> main() async {
  final server = await HttpServer.bind(InternetAddress.anyIPv4, 3000);
  await for (final request in server) {
    final asked = jsonDecode(await utf8.decodeStream(request)) as Map<String, dynamic>;
    final body = utf8.encode(jsonEncode(
        {'normal': 'Hello World!', 'env1': asked['env']['ENV1'], 'payload': asked['payload']}));
    request.response
      ..headers.contentType = ContentType.json
      ..contentLength = body.length
      ..add(body)
      ..close();
  }
}
