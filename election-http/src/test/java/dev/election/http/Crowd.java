package dev.election.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Very many clients, on the thread of whoever asks. Each sends one text when it is connected, and then reads. */
final class Crowd implements AutoCloseable {

    /** Fewer than a server lets wait to be accepted. */
    private static final int CONNECTING_AT_ONCE = 200;

    private static final int KEPT = 2048;

    /** One of them, with the last that it read. */
    private static final class Client {
        private final SocketChannel channel;
        private final ByteBuffer toSend;
        private String heard = "";
        private boolean open;
        private boolean ended;

        private Client(SocketChannel channel, byte[] toSend) {
            this.channel = channel;
            this.toSend = ByteBuffer.wrap(toSend);
        }
    }

    private final InetSocketAddress server;
    private final Selector selector = Selector.open();
    private final List<Client> clients = new ArrayList<>();
    private int connected;
    private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);

    Crowd(InetSocketAddress server) throws IOException {
        this.server = server;
    }

    /** Connects so many more, who send this. */
    void join(int number, String toSend) throws IOException {
        byte[] bytes = toSend.getBytes(ISO_8859_1);
        for (int i = 0; i < number; i++) {
            SocketChannel channel = SocketChannel.open();
            channel.configureBlocking(false);
            Client client = new Client(channel, bytes);
            clients.add(client);
            boolean atOnce = channel.connect(server);
            channel.register(selector, atOnce ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT, client);
            while (clients.size() - connected > CONNECTING_AT_ONCE) {
                listen();
            }
        }
        while (connected < clients.size()) {
            listen();
        }
    }

    /** How many are connected still. */
    long open() {
        return clients.stream().filter(client -> client.open && !client.ended).count();
    }

    /** How many have read this, last. */
    long heard(String text) {
        return clients.stream().filter(client -> client.heard.contains(text)).count();
    }

    /** Lets them do what they can do now, or within some milliseconds. */
    void listen() throws IOException {
        selector.select(this::serve, 20);
    }

    private void serve(SelectionKey key) {
        Client client = (Client) key.attachment();
        try {
            if (key.isConnectable() && client.channel.finishConnect()) {
                key.interestOps(SelectionKey.OP_WRITE);
            } else if (key.isWritable()) {
                client.channel.write(client.toSend);
                if (!client.toSend.hasRemaining()) {
                    client.open = true;
                    connected++;
                    key.interestOps(SelectionKey.OP_READ);
                }
            } else if (key.isReadable()) {
                read(client);
            }
        } catch (IOException e) {
            client.ended = true;
            connected += client.open ? 0 : 1; // or nobody would stop to wait for it
        }
        if (client.ended) {
            key.cancel();
        }
    }

    private void read(Client client) throws IOException {
        buffer.clear();
        if (client.channel.read(buffer) < 0) {
            client.ended = true;
            return;
        }
        String all = client.heard + new String(buffer.array(), 0, buffer.position(), ISO_8859_1);
        client.heard = all.substring(Math.max(0, all.length() - KEPT));
    }

    @Override
    public void close() throws IOException {
        for (Client client : clients) {
            client.channel.close();
        }
        selector.close();
    }
}
