import Foundation

/// Lines that say what is going on: a large hub takes its time.
enum Progress {
    @Sendable static func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}
