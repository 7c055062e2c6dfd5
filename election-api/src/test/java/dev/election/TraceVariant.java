package dev.election;

import java.util.List;

/**
 * The end of a trace told otherwise: these lines take the place of those from the given one on.
 *
 * @param mutation in what way it is told otherwise
 * @param allowed whether this is still what the specification allows
 * @param from counted from 0
 */
record TraceVariant(TraceMutation mutation, boolean allowed, int trace, int from, List<SpecifiedLine> lines) {}
