import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/**
 * Plays the gateway while a worker notes which classes it loads: {@code java Training.java FOLDER COMMAND…}. With
 * RUNTIME_SHAPE=context in the environment its function takes a context.
 */
public class Training {
    /** ANSWER, ERROR and RESULT. */
    private static final Set<Integer> ENDS = Set.of(0x14, 0x15, 0x19);

    public static void main(String[] command) throws Exception {
        boolean context = "context".equals(System.getenv("RUNTIME_SHAPE"));
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
            in.skipNBytes(in.readInt()); // READY
            for (String payload : new String[] {"{\"name\": \"you\"}", ""}) {
                out.write(context ? call(payload) : request(payload));
                while (!ends(in)) { } // after STARTED, and LOG
            }
        }
    }

    private static boolean ends(DataInputStream in) throws IOException {
        int size = in.readInt();
        int kind = in.readByte();
        in.skipNBytes(size - 1);
        return ENDS.contains(kind);
    }

    private static byte[] request(String payload) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(bytes);
        body.writeInt(0); // no env
        body.writeInt(0); // no headers
        text(body, payload);
        return frame(1, bytes);
    }

    private static byte[] call(String payload) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(bytes);
        body.writeByte(1); // its logs are wanted
        for (String each : new String[] {"POST", "http", "example.org"}) text(body, each);
        body.writeShort(80);
        for (String each : new String[] {"/", "a=1", "http://example.org/?a=1"}) text(body, each);
        for (String name : new String[] {"a", "content-type"}) { // query and headers
            body.writeInt(1);
            text(body, name);
            text(body, "application/json");
        }
        body.writeBytes(payload);
        return frame(4, bytes);
    }

    private static void text(DataOutputStream body, String text) throws IOException {
        body.writeInt(text.length());
        body.writeBytes(text);
    }

    private static byte[] frame(int kind, ByteArrayOutputStream body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(5 + body.size());
        out.writeByte(kind);
        out.writeInt(0); // the request's number
        body.writeTo(out);
        return bytes.toByteArray();
    }
}
