/**
 * The backends that need no server: {@code memory:} for the candidates of one JVM, and {@code file:} for the processes
 * of one machine. Also the reference for those who write a backend.
 */
@NullMarked
package dev.election.local;

import org.jspecify.annotations.NullMarked;
