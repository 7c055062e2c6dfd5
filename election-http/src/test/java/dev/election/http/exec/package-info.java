/** Commands that run while leading: decisions in virtual time, guardians and drills with real processes. */
@NullMarked
package dev.election.http.exec;

import org.jspecify.annotations.NullMarked;
