import Foundation

/// `embed-sql OUTPUT INPUT…`: writes one Swift source with every `.sql` file as a raw string literal, sorted by name.
///
/// A folder among the inputs stands for all its `.sql` files, so that a file the build does not know of yet is embedded too.
@main
struct EmbedSQLTool {
    static func main() throws {
        let inputs = CommandLine.arguments.dropFirst(2).map {
            URL(filePath: $0, directoryHint: .checkFileSystem).standardizedFileURL
        }
        guard CommandLine.arguments.count > 1 else {
            fail("usage: embed-sql OUTPUT INPUT…", exitCode: 64)
        }
        let folders = inputs.filter(\.hasDirectoryPath)
        let known = Set(inputs.map(\.path))
        var files = inputs.filter { !$0.hasDirectoryPath }
        for folder in folders {
            let found = try sqlFiles(in: folder).filter { !known.contains($0.path) }
            files += found
            if !found.isEmpty { touch(folder) }
        }
        let output = URL(filePath: CommandLine.arguments[1])
        let source = try source(of: files.sorted { $0.lastPathComponent < $1.lastPathComponent })
        // Left alone when nothing changed: then nothing is compiled again either.
        if (try? String(contentsOf: output, encoding: .utf8)) != source {
            try source.write(to: output, atomically: true, encoding: .utf8)
        }
    }

    private static func source(of files: [URL]) throws -> String {
        var source = "enum EmbeddedMigrations {\n    static let files: [(name: String, sql: String)] = [\n"
        for file in files {
            let name = file.lastPathComponent
            let sql = try String(contentsOf: file, encoding: .utf8)
            guard !sql.contains("\"\"\"##"), !sql.contains("\\##") else {
                fail("\(name): holds what ends or escapes the Swift literal around it (\"\"\"## or \\##)", exitCode: 65)
            }
            source += "        (\n            name: \"\(name)\",\n"
            source += "            sql: ##\"\"\"\n\(sql)\n\"\"\"##\n        ),\n"
        }
        return source + "    ]\n}\n"
    }

    private static func sqlFiles(in folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".sql") }.map { folder.appending(path: $0).standardizedFileURL }
    }

    /// SwiftPM does not watch a file that came after it planned the build; a folder that looks changed makes the next
    /// build look again. A failure only means that an edit to the new file waits for the next plan.
    private static func touch(_ folder: URL) {
        try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: folder.path)
    }

    private static func fail(_ line: String, exitCode: Int32) -> Never {
        FileHandle.standardError.write(Data("\(line)\n".utf8))
        exit(exitCode)
    }
}
