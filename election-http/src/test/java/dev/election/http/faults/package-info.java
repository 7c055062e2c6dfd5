/**
 * Real faults on real processes and servers: candidates in processes of their own are killed and stopped, their networks
 * and their store disturbed, and what they did meanwhile is checked. Run by {@code script/faults} and
 * {@code script/soak}, and shortly by the build.
 */
@NullMarked
package dev.election.http.faults;

import org.jspecify.annotations.NullMarked;
