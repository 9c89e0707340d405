import Foundation

/// The command's two streams: answers go to standard output, everything else to standard error.
enum Terminal {
    static func print(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    static func note(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// A question, whose answer is typed behind it.
    static func ask(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
