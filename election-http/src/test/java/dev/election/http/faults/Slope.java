package dev.election.http.faults;

import java.util.ArrayList;
import java.util.List;

/** The straight line through measured values, by least squares. */
final class Slope {

    private record Point(double minutes, double value) {}

    private final List<Point> points = new ArrayList<>();

    /** @param nanos when it was measured */
    void add(long nanos, double value) {
        points.add(new Point(nanos / 60e9, value));
    }

    /** Growth per minute; zero as long as there are not two points. */
    double perMinute() {
        double meanX = points.stream().mapToDouble(Point::minutes).average().orElse(0);
        double meanY = points.stream().mapToDouble(Point::value).average().orElse(0);
        double square = 0;
        double product = 0;
        for (Point point : points) {
            square += (point.minutes - meanX) * (point.minutes - meanX);
            product += (point.minutes - meanX) * (point.value - meanY);
        }
        return square == 0 ? 0 : product / square;
    }

    /** By how much the line grows from the first point to the last. */
    double growth() {
        return points.isEmpty() ? 0 : perMinute() * (points.get(points.size() - 1).minutes - points.get(0).minutes);
    }
}
