import ArgumentParser
import Operations

/// How a listing is printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table
    case json
}

struct OutputOptions: ParsableArguments {
    @Option(name: .long, help: "How to print: a table for people, or JSON for programs.")
    var format: OutputFormat = .table

    /// Prints a listing in the chosen format.
    func print(_ table: Table, none: String) {
        switch format {
        case .table: Terminal.print(table.text(none: none))
        case .json: Terminal.print(JSONOutput.write(table.json))
        }
    }

    /// Prints one thing: the given text for people, the given value as JSON.
    func print(_ value: OutputValue, text: @autoclosure () -> String) {
        switch format {
        case .table: Terminal.print(text())
        case .json: Terminal.print(JSONOutput.write(value))
        }
    }
}
