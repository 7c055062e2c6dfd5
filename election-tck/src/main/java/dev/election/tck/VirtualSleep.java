package dev.election.tck;

import dev.election.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A time source in which a thread can wait without keeping that time from passing. */
interface VirtualSleep {

    void sleep(Duration duration) throws InterruptedException;

    /** Waits in any time source. */
    static void in(TimeSource time, Duration duration) throws InterruptedException {
        if (time instanceof VirtualSleep virtual) {
            virtual.sleep(duration);
            return;
        }
        CountDownLatch over = new CountDownLatch(1);
        TimeSource.Scheduled end = time.schedule(duration, over::countDown);
        try {
            over.await();
        } finally {
            end.cancel();
        }
    }
}
