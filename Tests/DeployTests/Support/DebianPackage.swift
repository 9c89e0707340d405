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
        leash = try Self.removing(folder.url)
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

    /// What the test process holds for good is never given back by it: a shell sees the end of a pipe that only we hold, and takes the
    /// folder away then.
    private static func removing(_ folder: URL) throws -> FileHandle {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "trap '' INT TERM HUP; cat >/dev/null; rm -rf \"$0\"", folder.path()]
        process.currentDirectoryURL = URL(filePath: "/")
        let pipe = Pipe()
        process.standardInput = pipe
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try process.run()
        return pipe.fileHandleForWriting
    }
}
