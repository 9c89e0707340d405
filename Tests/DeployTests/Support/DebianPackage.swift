import Foundation
import TestSupport

/// The Debian package, built once a test run from the programs that were built with the tests, and unpacked.
struct DebianPackage: Sendable {
    let file: URL
    /// The package's files, laid into a folder as its root.
    let root: URL
    private let folder: ScratchFolder
    private let leash: FileHandle

    static let shared = Task { try await DebianPackage() }

    private init() async throws {
        folder = try ScratchFolder()
        leash = try Aftermath.run("rm -rf \"$1\"", [folder.url.path()])
        let programs = try BuiltProgram.folder()
        let path = try await Tool.output(
            Source.file("deploy/debian/build").path(),
            [
                "--compression", "none", programs.path(), programs.appending(path: "../../checkouts").standardized.path(),
                folder.url.appending(path: "out").path(),
            ])
        file = URL(filePath: path.trimmingCharacters(in: .whitespacesAndNewlines))
        root = folder.url.appending(path: "root")
        _ = try await Tool.output("dpkg-deb", ["-x", file.path(), root.path()])
    }

    /// One of the package's control fields.
    func field(_ name: String) async throws -> String {
        try await Tool.output("dpkg-deb", ["--field", file.path(), name]).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Every file it has, as absolute paths.
    func files() throws -> Set<String> {
        Set(try FileManager.default.subpathsOfDirectory(atPath: root.path()).map { "/" + $0 })
    }

    func text(_ path: String) throws -> String { try String(contentsOf: root.appending(path: path), encoding: .utf8) }
}

extension String {
    /// A configuration with the settings in force that its comments show: single ones, and sections up to the end of their comment.
    var uncommented: String {
        var isInSection = false
        let lines = split(separator: "\n", omittingEmptySubsequences: false).map { line -> Substring in
            if line.wholeMatch(of: /# [a-z_]+:/) != nil { isInSection = true }
            if !line.hasPrefix("#") { isInSection = false }
            if isInSection { return line.dropFirst(2) }
            return line.wholeMatch(of: /\s+# [a-z_]+: \S+/) == nil ? line : Substring(line.replacing("# ", with: ""))
        }
        return lines.joined(separator: "\n")
    }
}
