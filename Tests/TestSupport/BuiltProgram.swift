public import Foundation

/// The executables that were built together with the tests.
public enum BuiltProgram {
    /// The path of one of our programs, which stands beside the test bundle.
    public static func path(_ name: String) throws -> String {
        let path = try folder().appending(path: name).path()
        guard FileManager.default.isExecutableFile(atPath: path) else { throw NotBuilt(path: path) }
        return path
    }

    /// The folder of the test bundle: the bundle is either this process or a library that it has loaded.
    public static func folder() throws -> URL {
        let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
        for line in maps.split(separator: "\n") where line.hasSuffix("PackageTests.xctest") {
            guard let start = line.firstIndex(of: "/") else { continue }
            return URL(filePath: String(line[start...])).deletingLastPathComponent()
        }
        throw NotBuilt(path: "the test bundle")
    }

    struct NotBuilt: Error, CustomStringConvertible {
        let path: String
        var description: String { "\(path) is not there; build everything with `swift build --build-tests`" }
    }
}
