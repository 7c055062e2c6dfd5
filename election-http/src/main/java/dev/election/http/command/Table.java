package dev.election.http.command;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Text in columns, two blanks apart. What others wrote cannot control the terminal. */
final class Table {

    private static final String GAP = "  ";

    private record Cell(String text, UnaryOperator<String> mark) {
        String shown(int width) {
            return mark.apply(text) + " ".repeat(width - text.length());
        }
    }

    private final List<List<Cell>> rows = new ArrayList<>();

    /** Begins with a row of headings. */
    Table(Style style, String... headings) {
        rows.add(new ArrayList<>());
        for (String heading : headings) {
            cell(heading, style::bold);
        }
    }

    /** Begins a row. */
    Table row() {
        rows.add(new ArrayList<>());
        return this;
    }

    Table cell(String text) {
        return cell(text, UnaryOperator.identity());
    }

    /** Adds a cell that is marked, which takes no place. */
    Table cell(String text, UnaryOperator<String> mark) {
        rows.get(rows.size() - 1).add(new Cell(Printable.of(text), mark));
        return this;
    }

    /** All lines; each ends without blanks. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (List<Cell> row : rows) {
            for (int column = 0; column < row.size(); column++) {
                boolean last = column == row.size() - 1;
                Cell cell = row.get(column);
                text.append(cell.shown(last ? cell.text().length() : width(column)));
                text.append(last ? "\n" : GAP);
            }
        }
        return text.toString();
    }

    private int width(int column) {
        return rows.stream()
                .filter(row -> column < row.size())
                .mapToInt(row -> row.get(column).text().length())
                .max()
                .orElse(0);
    }
}
