package dev.election.http.exec;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signals that this process gets, by {@code sun.misc.Signal}: the JDK has no other way. By reflection, because javac
 * warns of it with no way to agree, and because a small run-time image may lack it.
 */
public final class Signals {

    private static final Logger log = LoggerFactory.getLogger(Signals.class);

    /** Those that ask a process to end, with their numbers, which are the same on all architectures. */
    public static final Map<String, Integer> ENDING = Map.of("HUP", 1, "INT", 2, "TERM", 15);

    /** Those that mean something to the program that gets them. */
    public static final List<String> FOR_PROGRAMS = List.of("USR1", "USR2", "WINCH");

    private Signals() {}

    /**
     * Has a signal handled from now on, on a thread of its own. One that was ignored when this process was started, as
     * nohup(1) does it, stays so.
     *
     * @return whether that is possible here
     */
    public static boolean handle(String name, Consumer<String> handler) {
        try {
            Class<?> signals = Class.forName("sun.misc.Signal");
            Class<?> handlers = Class.forName("sun.misc.SignalHandler");
            Object ignoring = handlers.getField("SIG_IGN").get(null);
            Object signal = signals.getConstructor(String.class).newInstance(name);
            InvocationHandler calls = (proxy, method, arguments) -> called(method, proxy, arguments, name, handler);
            Object ours = Proxy.newProxyInstance(handlers.getClassLoader(), new Class<?>[] {handlers}, calls);
            Method handle = signals.getMethod("handle", signals, handlers);
            if (handle.invoke(null, signal, ours) == ignoring) {
                handle.invoke(null, signal, ignoring);
            }
            return true;
        } catch (InvocationTargetException e) {
            log.debug("SIG{} is not for us to handle", name, e.getCause());
            return false;
        } catch (ReflectiveOperationException e) {
            log.debug("there is no sun.misc.Signal here", e);
            return false;
        }
    }

    private static @Nullable Object called(
            Method method, Object proxy, Object[] arguments, String name, Consumer<String> handler) {
        return switch (method.getName()) {
            case "handle" -> {
                handler.accept(name);
                yield null;
            }
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "handler of SIG" + name;
        };
    }
}
