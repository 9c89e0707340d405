import Foundation
import TestSupport

/// The source tree, and the tools that check what of it is deployed.
enum Source {
    /// The root of the tree these tests were built from.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized

    static func file(_ path: String) -> URL { root.appending(path: path) }

    static func text(_ path: String) throws -> String { try String(contentsOf: file(path), encoding: .utf8) }

    /// Every file below a folder, as paths from the root.
    static func files(below folder: String) throws -> [String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: file(folder).path())
        return names.map { "\(folder)/\($0)" }.filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: file(path).path(), isDirectory: &isFolder) && !isFolder.boolValue
        }.sorted()
    }

    /// The products of `Package.swift` that are executables.
    static func programs() throws -> Set<String> {
        Set(try text("Package.swift").matches(of: /\.executable\(name: "([a-z-]+)"/).map { String($0.1) })
    }

    /// One of the tools of `deploy/check/requirements.txt`, which are laid beside the build when they are missing.
    static func tool(_ name: String) async throws -> String {
        let folder = try await toolsFolder.value
        return folder.appending(path: "bin/\(name)").path()
    }

    private static let toolsFolder = Task {
        let folder = try BuiltProgram.folder().appending(path: "../../deploy-tools").standardized
        _ = try await Tool.output(file("deploy/check/tools").path(), [folder.path()])
        return folder
    }
}

/// A folder of a test's own, gone with it.
final class ScratchFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "deploy-\(UUID().uuidString.prefix(8).lowercased())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes a file, and returns its path.
    @discardableResult
    func write(_ path: String, _ text: String) throws -> String {
        let file = url.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file.path()
    }
}
