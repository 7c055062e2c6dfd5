/** What {@code bin/election} runs to find out which classes a start takes: see {@code docs/sidecar.md}. */
@NullMarked
package dev.election.http.training;

import org.jspecify.annotations.NullMarked;
