package dev.election.tck;

import dev.election.spi.Snapshot;
import dev.election.spi.WatchListener;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Keeps virtual time from passing between a change and the events by which open watches tell of it. */
final class EventsUnderWay {

    private final VirtualTime time;
    private final Set<Watcher> open = ConcurrentHashMap.newKeySet();

    EventsUnderWay(VirtualTime time) {
        this.time = time;
    }

    /** @param view the backend that is asked to watch */
    Watcher watcher(Object view, String election, WatchListener listener) {
        return new Watcher(view, election, listener);
    }

    /** To be called before a change: only the watches that are open by now have to tell of it. */
    Change change(String election) {
        return new Change(open.stream()
                .filter(watcher -> watcher.election.equals(election))
                .map(Watcher::mark)
                .toList());
    }

    /** A view was closed, and its watches with it. */
    void closed(Object view) {
        open.stream().filter(watcher -> watcher.view == view).forEach(Watcher::closed);
    }

    /** A change that may be about to happen. */
    static final class Change {

        private final List<Mark> before;

        private Change(List<Mark> before) {
            this.before = before;
        }

        void written(Snapshot current) {
            before.forEach(mark -> mark.watcher().expect(mark, current.version().revision()));
        }

        void deleted() {
            before.forEach(mark -> mark.watcher().expectDeletion(mark));
        }
    }

    /**
     * What a watch had told before a change.
     *
     * @param blanks how often it had shown no record
     * @param unseen how often it had told only that there was a change
     * @param revision the latest that it had told of, or had to tell of
     */
    private record Mark(Watcher watcher, long blanks, long unseen, long revision) {}

    /** Something that a watch has to tell of: this revision or a later one, or that there is no record. */
    private record Expected(long revision, boolean absence, Runnable arrived) {}

    /** Stands between a watch and its listener. */
    final class Watcher implements WatchListener {

        private final Object view;
        private final String election;
        private final WatchListener listener;
        private final Deque<Expected> expected = new ArrayDeque<>();
        private long latest;
        private long blanks;
        private long unseen;
        private boolean over;

        private Watcher(Object view, String election, WatchListener listener) {
            this.view = view;
            this.election = election;
            this.listener = listener;
        }

        synchronized void opened() {
            if (!over) {
                open.add(this);
            }
        }

        private synchronized Mark mark() {
            return new Mark(this, blanks, unseen, Math.max(latest, lastExpected()));
        }

        private long lastExpected() {
            return expected.stream().mapToLong(Expected::revision).max().orElse(0);
        }

        private synchronized void expect(Mark before, long revision) {
            // What was told unseen may have been this: the event is often there before the answer of the write.
            if (!over && latest < revision && unseen == before.unseen()) {
                expected.add(new Expected(revision, false, begins("revision " + revision)));
            }
        }

        private synchronized void expectDeletion(Mark before) {
            if (!over && blanks == before.blanks() && latest <= before.revision()) {
                expected.add(new Expected(before.revision() + 1, true, begins("the deletion")));
            }
        }

        private Runnable begins(String what) {
            return time.workBegins("a watch has yet to tell of " + what + " of " + election + " (rule S9)");
        }

        @Override
        public void changed(@Nullable Snapshot current) {
            listener.changed(current); // before time may go on
            if (current == null) {
                arrivedUnseen();
            } else if (current.isAbsent()) {
                arrivedAbsent();
            } else {
                arrived(current.version().revision());
            }
        }

        private synchronized void arrived(long revision) {
            latest = Math.max(latest, revision);
            while (!expected.isEmpty() && expected.peek().revision() <= latest) {
                expected.remove().arrived().run();
            }
        }

        private synchronized void arrivedAbsent() {
            blanks++;
            boolean deletion = false;
            while (!expected.isEmpty() && !deletion) { // what was written after it is still to come
                deletion = expected.peek().absence();
                expected.remove().arrived().run();
            }
        }

        /** Whoever is told only that something changed reads, and sees it all. */
        private synchronized void arrivedUnseen() {
            blanks++;
            unseen++;
            expected.forEach(next -> next.arrived().run());
            expected.clear();
        }

        @Override
        public void lost(Throwable cause) {
            listener.lost(cause);
            closed();
        }

        synchronized void closed() {
            over = true;
            open.remove(this);
            arrivedUnseen();
        }
    }
}
