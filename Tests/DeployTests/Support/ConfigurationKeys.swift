import Foundation
import TestSupport

/// The settings that a program knows, as `PROGRAM config keys` lists them.
struct ConfigurationKeys {
    /// Dotted names; those of a list's elements with `[]`: `tenants[].dynamics.url`.
    let names: [String]

    /// - Parameter program: `trunkline` reads what `call-sync` reads.
    init(of program: String) async throws {
        let path = try BuiltProgram.path(program == "trunkline" ? "call-sync" : program)
        names = try await Tool.output(path, ["config", "keys"]).split(separator: "\n").compactMap { row in
            row.firstMatch(of: /^\| `([^`]+)` \|/).map { String($0.1) }
        }
    }

    /// Those environment variables that set nothing. A tenant's name in them may be any.
    func unknown(_ variables: some Sequence<String>) throws -> [String] {
        let patterns = try names.flatMap { name in
            let pattern = Self.variable(name).replacing("[]_", with: "_[A-Z0-9_]+_")
            let both = name.hasSuffix("_file") ? [pattern, String(pattern.dropLast(5))] : [pattern]
            return try both.map { try Regex($0) }
        }
        return variables.filter { variable in
            variable != "TRUNKLINE_CONFIG" && !patterns.contains { variable.wholeMatch(of: $0) != nil }
        }
    }

    private static func variable(_ name: String) -> String {
        "TRUNKLINE_" + name.uppercased().replacing(".", with: "_")
    }
}
