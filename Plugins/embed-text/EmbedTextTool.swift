import Foundation

/// `embed-text TYPE OUTPUT SUFFIXES FOLDER INPUT…`: writes one Swift source with every file of the folder that has one of the
/// suffixes (separated by commas) as a raw string literal in an enum of that name, sorted by path. A file's name is its path below the folder.
///
/// The inputs are what the build knows of: a file it does not know of yet is embedded too.
@main
struct EmbedTextTool {
    static func main() throws {
        guard CommandLine.arguments.count > 4 else {
            fail("usage: embed-text TYPE OUTPUT SUFFIXES FOLDER INPUT…", exitCode: 64)
        }
        let root = CommandLine.arguments[4]
        let suffixes = CommandLine.arguments[3].split(separator: ",")
        let known = Set(CommandLine.arguments.dropFirst(4).map { URL(filePath: $0).standardizedFileURL.path })
        let names = try FileManager.default.subpathsOfDirectory(atPath: root)
            .filter { name in suffixes.contains { name.hasSuffix($0) } }.sorted()
        let files = names.map { (name: $0, url: URL(filePath: root).appending(path: $0).standardizedFileURL) }
        for file in files where !known.contains(file.url.path) { touch(file.url.deletingLastPathComponent()) }

        let output = URL(filePath: CommandLine.arguments[2])
        let source = try source(CommandLine.arguments[1], of: files)
        // Left alone when nothing changed: then nothing is compiled again either.
        if (try? String(contentsOf: output, encoding: .utf8)) != source {
            try source.write(to: output, atomically: true, encoding: .utf8)
        }
    }

    private static func source(_ type: String, of files: [(name: String, url: URL)]) throws -> String {
        var source = "enum \(type) {\n    static let files: [(name: String, text: String)] = [\n"
        for (name, url) in files {
            let text = try String(contentsOf: url, encoding: .utf8)
            guard !text.contains("\"\"\"##"), !text.contains("\\##") else {
                fail("\(name): holds what ends or escapes the Swift literal around it (\"\"\"## or \\##)", exitCode: 65)
            }
            source += "        (\n            name: \"\(name)\",\n"
            source += "            text: ##\"\"\"\n\(text)\n\"\"\"##\n        ),\n"
        }
        return source + "    ]\n}\n"
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
