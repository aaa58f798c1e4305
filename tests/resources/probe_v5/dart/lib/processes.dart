// What the probe does with processes and files.
import 'dart:ffi';
import 'dart:io';
import 'dart:typed_data';

final _process = DynamicLibrary.process();
final _kill = _process.lookupFunction<Int32 Function(Int32, Int32), int Function(int, int)>('kill');
final parent = _process.lookupFunction<Int32 Function(), int Function()>('getppid');
final _abort = _process.lookupFunction<Void Function(), void Function()>('abort');
final _location = _process.lookupFunction<Pointer<Int32> Function(), Pointer<Int32> Function()>('__errno_location');

const _errors = {1: 'EPERM', 2: 'ENOENT', 3: 'ESRCH', 13: 'EACCES', 28: 'ENOSPC', 30: 'EROFS'};
const _signals = {'SIGTERM': 15, 'SIGKILL': 9, 'SIGSTOP': 19, 'SIGINT': 2, 'SIGSEGV': 11};

/// The name of a system's error.
String nameOf(int error) => _errors[error] ?? '$error';

/// Runs a command of the shell whose output is this function's own.
Future<void> child(String command) async {
  final process = await Process.start('sh', ['-c', command], mode: ProcessStartMode.inheritStdio);
  await process.exitCode;
}

/// The SHA-256 of bytes; Dart has none of its own. They go through a file: a process's input takes seconds for 20 MiB.
Future<String> sha256(List<int> bytes) async {
  final folder = await Directory.systemTemp.createTemp();
  try {
    final file = await File('${folder.path}/bytes').writeAsBytes(bytes);
    final said = await Process.run('sha256sum', [file.path]);
    return (said.stdout as String).split(' ').first;
  } finally {
    await folder.delete(recursive: true);
  }
}

String signal(Object target, String name) {
  final id = switch (target) {
    'parent' => parent(),
    'self' => pid,
    _ => target as int,
  };
  final said = _kill(id, _signals[name]!) == 0 ? 'sent' : nameOf(_location().value);
  sleep(const Duration(milliseconds: 50));
  return said;
}

Never abort() {
  _abort();
  throw StateError('aborted');
}

/// Who this process is: its user, its group, its other groups.
Map<String, Object> identity() {
  final lines = {
    for (final line in File('/proc/self/status').readAsLinesSync())
      if (line.split(':\t') case [final name, final value]) name: value.trim(),
  };
  List<int> numbers(String name) => [
    for (final each in lines[name]!.split(RegExp(r'\s')))
      if (each.isNotEmpty) int.parse(each),
  ];
  return {'user': numbers('Uid').first, 'group': numbers('Gid').first, 'groups': numbers('Groups')};
}

/// Writes until the folder takes no more, at most so many MiB; keeps nothing.
String fill(String path, int mib) {
  final content = Uint8List(1 << 20)..fillRange(0, 1 << 20, 0x78);
  try {
    final file = File(path).openSync(mode: FileMode.write);
    try {
      for (var done = 0; done < mib; done++) {
        file.writeFromSync(content);
      }
    } finally {
      file.closeSync();
    }
    return 'written';
  } on FileSystemException catch (error) {
    return nameOf(error.osError!.errorCode);
  } finally {
    if (File(path).existsSync()) File(path).deleteSync();
  }
}
