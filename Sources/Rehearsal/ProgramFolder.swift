public import Foundation

/// Where the programs are: all of them are built, installed and moved together.
public enum ProgramFolder {
    /// The folder of the program that runs.
    public static func ofThisProgram() -> URL {
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(filePath: path).deletingLastPathComponent()
    }
}
