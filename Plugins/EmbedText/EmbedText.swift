import Foundation
import PackagePlugin

/// Turns folders of text files into Swift sources, one a folder, so that a deployed program carries them.
///
/// The folders themselves are inputs beside their files: SwiftPM keeps the list of files from one build to the next, and
/// only a folder tells it that one was added or removed.
@main
struct EmbedText: BuildToolPlugin {
    /// What a target carries.
    private struct Folder {
        let path: String
        /// The enum that holds the files.
        let type: String
        let suffixes: [String]
    }

    private static let folders: [String: [Folder]] = [
        "Schema": [Folder(path: "sql/migrations", type: "EmbeddedMigrations", suffixes: [".sql"])],
        "Reports": [Folder(path: "sql/reports", type: "EmbeddedReports", suffixes: [".sql"])],
        "Console": [
            Folder(path: "Sources/Console/Templates", type: "EmbeddedTemplates", suffixes: [".mustache"]),
            Folder(path: "Sources/Console/Assets", type: "EmbeddedAssets", suffixes: [".css", ".js", ".svg"]),
        ],
    ]

    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let folders = Self.folders[target.name] else { throw UnknownTarget(name: target.name) }
        return try folders.map { folder in
            let root = context.package.directoryURL.appending(path: folder.path)
            let inputs = try [root] + Self.contents(of: root, folder.suffixes)
            let output = context.pluginWorkDirectoryURL.appending(path: "\(folder.type).swift")
            return .buildCommand(
                displayName: "Embedding \(folder.path)",
                executable: try context.tool(named: "embed-text").url,
                arguments: [folder.type, output.path(), folder.suffixes.joined(separator: ",")] + inputs.map { $0.path() },
                inputFiles: inputs,
                outputFiles: [output])
        }
    }

    /// Files that count, and folders, at any depth.
    private static func contents(of folder: URL, _ suffixes: [String]) throws -> [URL] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()
        return try names.flatMap { name in
            let url = folder.appending(path: name)
            let isFolder = try url.resourceValues(forKeys: [.isDirectoryKey]).isDirectory ?? false
            if isFolder { return try [url] + contents(of: url, suffixes) }
            return suffixes.contains { name.hasSuffix($0) } ? [url] : []
        }
    }

    struct UnknownTarget: Error, CustomStringConvertible {
        let name: String
        var description: String { "EmbedText does not know which folders the target \(name) carries" }
    }
}
