package dev.election.http.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * What a candidate did, in a file that is mapped into its memory: what it noted is there even if it is killed in the
 * next instant, and whoever else maps the file sees it at once. All lives of a candidate go on in the same file.
 *
 * <p>One candidate writes, from several threads; anybody reads. Times are of {@link System#nanoTime()}, which on Linux is
 * CLOCK_MONOTONIC, one clock for all processes of a machine.
 */
final class BlackBox {

    /** What is counted over all lives, or is the latest of its kind. */
    enum Field {
        /** How often the candidate was started. */
        LIVES,
        /** The process id of the present life. */
        PID,
        /** When it last looked at whether it leads. */
        BEAT,
        /** Live heap in bytes, after a collection; zero until the first of this life. */
        HEAP,
        /** In how many elections it found that it leads, when it last looked. */
        LEADING,
        /** When its latest acknowledged write was sent by which it leads. */
        SENT,
        /** Reads that were answered. */
        READ_OK,
        /** Reads that failed. */
        READ_FAILED,
        /** Writes that were applied. */
        WRITE_OK,
        /** Writes that met another version. */
        WRITE_CONFLICT,
        /** Writes that surely were not applied. */
        WRITE_FAILED,
        /** Writes of which it is not known. */
        WRITE_UNKNOWN,
        /** Terms noted. */
        TERMS
    }

    /**
     * A term as its candidate saw it: it was valid without a break from one instant to the other, at least.
     *
     * @param from after the first look that found it valid
     * @param until before the last one that did; not before {@code from}
     */
    record Term(int election, long token, long from, long until) {}

    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final int FIRST_TERM = 64;
    private static final int TERM_LONGS = 4;
    private static final int MAX_TERMS = 50_000;

    private final ByteBuffer memory;

    private BlackBox(ByteBuffer memory) {
        this.memory = memory;
    }

    /** Opens the file, and makes it if there is none. */
    static BlackBox open(Path file) {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long bytes = (FIRST_TERM + (long) MAX_TERMS * TERM_LONGS) * Long.BYTES;
            MappedByteBuffer memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
            return new BlackBox(memory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long get(Field field) {
        return get(field.ordinal());
    }

    void set(Field field, long value) {
        set(field.ordinal(), value);
    }

    void count(Field field) {
        LONGS.getAndAdd(memory, field.ordinal() * Long.BYTES, 1L);
    }

    /**
     * Notes the first look that found a term valid.
     *
     * @return the number of the term
     */
    int begin(int election, long token, long after) {
        int term = (int) get(Field.TERMS);
        if (term >= MAX_TERMS) {
            throw new IllegalStateException("more than " + MAX_TERMS + " terms");
        }
        int at = FIRST_TERM + term * TERM_LONGS;
        set(at, election);
        set(at + 1, token);
        set(at + 2, after);
        set(at + 3, after);
        set(Field.TERMS, term + 1L);
        return term;
    }

    /** Notes a later look that found it valid. Looks come in order. */
    void goesOn(int term, long before) {
        int at = FIRST_TERM + term * TERM_LONGS;
        if (before - get(at + 2) > 0) {
            set(at + 3, before);
        }
    }

    /** All terms so far, in the order in which this candidate had them. */
    List<Term> terms() {
        List<Term> terms = new ArrayList<>();
        for (int i = 0; i < get(Field.TERMS); i++) {
            terms.add(term(i));
        }
        return terms;
    }

    Term term(int number) {
        int at = FIRST_TERM + number * TERM_LONGS;
        return new Term((int) get(at), get(at + 1), get(at + 2), get(at + 3));
    }

    private long get(int index) {
        return (long) LONGS.getAcquire(memory, index * Long.BYTES);
    }

    private void set(int index, long value) {
        LONGS.setRelease(memory, index * Long.BYTES, value);
    }
}
