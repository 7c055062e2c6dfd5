/** What a sidecar costs: the time until it answers, and its memory. Run by {@code script/footprint}. */
@NullMarked
package dev.election.http.footprint;

import org.jspecify.annotations.NullMarked;
