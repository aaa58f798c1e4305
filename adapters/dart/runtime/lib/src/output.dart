/// Prints to other pipes from now on: what outlives its call keeps the old ones (docs/worker-protocol.md, OUTPUT).
library;

import 'dart:convert';
import 'dart:ffi';

final _process = DynamicLibrary.process();
final _allocate = _process.lookupFunction<Pointer<Uint8> Function(Size), Pointer<Uint8> Function(int)>('malloc');
final _free = _process.lookupFunction<Void Function(Pointer<Uint8>), void Function(Pointer<Uint8>)>('free');
final _open = _process
    .lookupFunction<Int32 Function(Pointer<Uint8>, Int32), int Function(Pointer<Uint8>, int)>('open');
final _duplicate = _process.lookupFunction<Int32 Function(Int32, Int32), int Function(int, int)>('dup2');
final _close = _process.lookupFunction<Int32 Function(Int32), int Function(int)>('close');

const _writeOnly = 1;

/// Opens the FIFOs of the folder onto stdout and stderr.
void changeOutput(String folder) {
  for (final (descriptor, name) in [(1, 'stdout'), (2, 'stderr')]) {
    final path = utf8.encode('$folder/$name\x00');
    final copied = _allocate(path.length)..asTypedList(path.length).setAll(0, path);
    final opened = _open(copied, _writeOnly);
    _free(copied);
    if (opened < 0 || _duplicate(opened, descriptor) < 0) throw StateError('$folder/$name cannot be opened');
    _close(opened);
  }
}
