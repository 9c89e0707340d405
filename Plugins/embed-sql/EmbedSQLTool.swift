import Foundation

/// `embed-sql OUTPUT INPUT…`: writes one Swift source with every input as a raw string literal, in the order given.
@main
struct EmbedSQLTool {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let output = arguments.first else {
            FileHandle.standardError.write(Data("usage: embed-sql OUTPUT INPUT…\n".utf8))
            exit(64)
        }
        var source = "enum EmbeddedMigrations {\n    static let files: [(name: String, sql: String)] = [\n"
        for path in arguments.dropFirst() {
            let url = URL(filePath: path)
            let sql = try String(contentsOf: url, encoding: .utf8)
            // Two number signs: no migration holds the closing delimiter.
            source += "        (\n            name: \"\(url.lastPathComponent)\",\n            sql: ##\"\"\"\n\(sql)\n\"\"\"##\n        ),\n"
        }
        source += "    ]\n}\n"
        try source.write(to: URL(filePath: output), atomically: true, encoding: .utf8)
    }
}
