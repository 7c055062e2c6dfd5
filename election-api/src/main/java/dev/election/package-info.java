/**
 * Elects one leader among many candidates, over any store that can compare and swap one small record.
 *
 * <p>Open a backend with {@link dev.election.Elections#open}, build a {@link dev.election.LeaderElector} with a
 * {@link dev.election.LeadershipTask} or a {@link dev.election.LeadershipListener}, and start it:
 *
 * <pre>{@code
 * try (Elections elections = Elections.open("file:/var/lib/election");
 *         LeaderElector elector = elections.elector("example")
 *                 .task(leadership -> work(leadership.fencingToken()))
 *                 .start()) {
 *     Thread.currentThread().join();
 * }
 * }</pre>
 *
 * <p><strong>What is promised.</strong> While every clock runs at a rate within 1 ± the drift bound of real time, at
 * most one candidate's {@link dev.election.Leadership#isValid()} is true at any moment, and each term's
 * {@linkplain dev.election.Leadership#fencingToken() fencing token} is greater than every earlier one.
 *
 * <p><strong>What is not promised.</strong> Exclusivity does not hold when clocks drift beyond the bound, when work
 * ignores the end of its term, against candidates that were started after somebody deleted the record, or beyond the
 * weakest member of a mixed fleet: client-go counts its lease from the reply, so it believes in it for longer than is
 * safe. Between a check of {@code isValid()} and the effect of what follows, a term can end. Where that matters, hand
 * the fencing token to the resource and let it refuse tokens smaller than the greatest it has seen.
 *
 * <p><strong>An example of the clocks.</strong> With the defaults (lease 15 s, renew deadline 10 s, drift bound 5 %) a
 * leader whose renewals stop is over 10 s after it <em>sent</em> the last one that was acknowledged, by its own clock:
 * at most 10.53 s of real time if that clock is 5 % slow. No follower takes over before 15 s by its own clock, from
 * when it saw that renewal: at least 14.28 s of real time if that clock is 5 % fast. What lies between is the time the
 * work has to stop.
 */
@NullMarked
package dev.election;

import org.jspecify.annotations.NullMarked;
