/**
 * Kills, ends and stops leaders and measures what follows: run by {@code script/try-failover}, not by the build, since
 * what it measures is time.
 */
@NullMarked
package dev.election.http.failover;

import org.jspecify.annotations.NullMarked;
