/** Whole electors in real threads, with everything that an application and a store can do to them at once. */
@NullMarked
package dev.election.tck.stress;

import org.jspecify.annotations.NullMarked;
