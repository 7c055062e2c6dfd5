package dev.election.http.faults;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A candidate's own network in the kernel: a namespace, joined to the runner's by a pair of virtual interfaces, in which
 * 127.0.0.1 stands for the runner's. What is cut here is lost below TCP: nothing is acknowledged, segments are sent
 * again and again, and no connection can be made.
 *
 * <p>The runner, too, is in a network namespace of its own then, with the servers. Nobody else sees any of this, and all
 * of it goes with the last process in it, however that ends.
 */
final class Wire implements AutoCloseable {

    private static final String INSIDE = "eth0";

    private final Process holder;
    private final String address;
    private int spared;

    /** @param address of the runner's end */
    private Wire(Process holder, String address) {
        this.holder = holder;
        this.address = address;
    }

    /** Whether {@code script/run-test-program} has put this process into a network of its own. */
    static boolean canBeLaid() {
        return System.getProperty("election.faults.network", "").equals("own");
    }

    /** @param number up to 63, of no other wire */
    static Wire lay(int number) throws IOException, InterruptedException {
        // It has nothing to read until this process ends, and then ends as well.
        Process holder = new ProcessBuilder("unshare", "--net", "sh", "-c", "echo here; read end")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (holder.getInputStream().read() != 'h') {
            throw new IOException("no network namespace could be made");
        }
        String outside = "wire" + number;
        String here = "10.213.0." + (4 * number + 1);
        String there = "10.213.0." + (4 * number + 2);
        Wire wire = new Wire(holder, here);
        run("ip", "link", "add", outside, "type", "veth", "peer", "name", INSIDE, "netns", wire.pid());
        run("ip", "address", "add", here + "/30", "dev", outside);
        run("ip", "link", "set", outside, "up");
        takeLoopbackFrom(List.of(), outside);
        run(iptables("-t nat -A PREROUTING -p tcp -i " + outside + " -j DNAT --to-destination 127.0.0.1"));
        wire.runInside("ip", "link", "set", "lo", "up");
        wire.runInside("ip", "address", "add", there + "/30", "dev", INSIDE);
        wire.runInside("ip", "link", "set", INSIDE, "up");
        takeLoopbackFrom(wire.inside(), INSIDE);
        wire.runInside(iptables("-t nat -A OUTPUT -p tcp -d 127.0.0.1 -j DNAT --to-destination " + here));
        wire.runInside(iptables("-t nat -A POSTROUTING -o " + INSIDE + " -j MASQUERADE"));
        return wire;
    }

    /** Lets the kernel forward to 127.0.0.1 what came by an interface, which it does not by itself. */
    private static void takeLoopbackFrom(List<String> where, String device) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(where);
        command.addAll(List.of("sh", "-c", "echo 1 >/proc/sys/net/ipv4/conf/" + device + "/route_localnet"));
        run(command.toArray(String[]::new));
    }

    /** What a command begins with that is to run in this network. */
    List<String> inside() {
        return List.of("nsenter", "--net=/proc/" + pid() + "/ns/net", "--");
    }

    /** A port of the runner's that is always reached. */
    void spare(int port) {
        spared = port;
    }

    /** From now on nothing that the candidate sends arrives. */
    void loseRequests() throws IOException, InterruptedException {
        // By address: the interface is chosen anew only after this chain.
        runInside(iptables("-A OUTPUT -p tcp -d " + address + " ! --dport " + spared + " -j DROP"));
    }

    /** From now on nothing arrives at the candidate. */
    void loseAnswers() throws IOException, InterruptedException {
        runInside(iptables("-A INPUT -p tcp -i " + INSIDE + " ! --sport " + spared + " -j DROP"));
    }

    /** Everything arrives again. */
    void mend() throws IOException, InterruptedException {
        runInside(iptables("-F OUTPUT"));
        runInside(iptables("-F INPUT"));
    }

    private static String[] iptables(String arguments) {
        return ("iptables -w " + arguments).split(" ");
    }

    private String pid() {
        return Long.toString(holder.pid());
    }

    private void runInside(String... command) throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>(inside());
        whole.addAll(List.of(command));
        run(whole.toArray(String[]::new));
    }

    private static void run(String... command) throws IOException, InterruptedException {
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + status);
        }
    }

    /** Ends the namespace, when the candidate in it has ended as well. */
    @Override
    public void close() throws IOException {
        holder.getOutputStream().close();
        try {
            holder.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
