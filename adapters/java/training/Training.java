import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;

/** Plays the gateway while a worker notes which classes it loads: {@code java Training.java FOLDER COMMAND…}. */
public class Training {
    public static void main(String[] command) throws Exception {
        Path folder = Path.of(command[0]);
        Path path = folder.resolve("socket");
        ProcessBuilder worker = new ProcessBuilder(Arrays.copyOfRange(command, 1, command.length)).inheritIO();
        worker.environment().put("RUNTIME_SOCKET", path.toString());
        worker.directory(folder.toFile());
        ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        door.bind(UnixDomainSocketAddress.of(path));
        worker.start().onExit().thenAccept(ended -> System.exit(ended.exitValue())); // also when it has not come in
        try (SocketChannel channel = door.accept()) {
            DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
            DataOutputStream out = new DataOutputStream(Channels.newOutputStream(channel));
            for (String payload : new String[] {"payload", ""}) {
                in.skipNBytes(in.readInt()); // READY, then what the first request's end was
                out.writeInt(5 + 4 + 4 + 4 + payload.length());
                out.writeByte(1);
                out.writeLong(0); // the request's number, and no env
                out.writeInt(0);
                out.writeInt(payload.length());
                out.writeBytes(payload);
                in.skipNBytes(in.readInt()); // STARTED
            }
            in.skipNBytes(in.readInt());
        }
    }
}
