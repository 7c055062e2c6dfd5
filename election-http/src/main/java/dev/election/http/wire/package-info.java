/**
 * HTTP/1.1 for small answers and event streams, on one thread: what the resources of {@link dev.election.http} are
 * served by. Internal, and not exported by the module. It knows nothing of elections.
 *
 * <p>Everything is bounded: the size of a request, the time that it may take to arrive and its answer to be read, the
 * number of connections, and of those that wait or stream. What is not plainly HTTP/1.1 is refused, never guessed at.
 */
@NullMarked
package dev.election.http.wire;

import org.jspecify.annotations.NullMarked;
