// What the probe does with processes and files.
import 'dart:async';
import 'dart:ffi';
import 'dart:io';
import 'dart:typed_data';

import 'package:runtime/runtime.dart';

final _process = DynamicLibrary.process();
final userId = _process.lookupFunction<Uint32 Function(), int Function()>('getuid');
final groupId = _process.lookupFunction<Uint32 Function(), int Function()>('getgid');
final _kill = _process.lookupFunction<Int32 Function(Int32, Int32), int Function(int, int)>('kill');

void sendSignal(int pid, int signal) {
  if (_kill(pid, signal) != 0) throw ProcessException('kill', ['$pid'], 'no signal could be sent');
}

/// Leaves a process of its own behind.
Future<int> startSleeper() async {
  final process = await Process.start('sleep', ['60'], mode: ProcessStartMode.detached);
  return process.pid;
}

/// Does the work so many times, or until it fails; the error is null or its text.
Future<(int, String?)> untilError(int times, FutureOr<void> Function() work) async {
  var done = 0;
  try {
    for (; done < times; done++) {
      await work();
    }
    return (done, null);
  } catch (error) {
    return (done, '$error');
  }
}

Uint8List block() => Uint8List(1 << 20)..fillRange(0, 1 << 20, 0x78);

Future<void> fill(Request req, Response res, Map<String, dynamic> o) async {
  final file = File(o['path'] ?? '/tmp/filled').openSync(mode: FileMode.write);
  final content = block();
  final (_, error) = await untilError(o['mib'] ?? 1024, () => file.writeFromSync(content));
  res.json({'written': file.positionSync(), 'error': error});
  file.closeSync();
}
