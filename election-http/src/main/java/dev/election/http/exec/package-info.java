/**
 * Runs a command only while leading, and sees to it that none of its processes outlives the lease, whatever happens to
 * this one: a {@link dev.election.http.exec.Guardian} beside us ends them if we cannot. Linux only.
 */
@NullMarked
package dev.election.http.exec;

import org.jspecify.annotations.NullMarked;
