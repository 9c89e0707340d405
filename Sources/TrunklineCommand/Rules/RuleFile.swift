import ArgumentParser
import Foundation
import Operations
import Routing

/// A rule document of a file, compiled.
struct RuleFile {
    let text: String
    let program: RuleProgram

    /// - Throws: `OperatorError` with every problem on a line of its own.
    init(_ path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw OperatorError.failed("the file \(path) can't be read")
        }
        guard let text = String(data: data, encoding: .utf8) else { throw OperatorError.failed("\(path):1: is not UTF-8") }
        self.text = text
        do {
            program = try RuleProgram.compile(text, file: path)
        } catch {
            throw OperatorError.failed("\(path) is refused\n\(error)")
        }
    }
}
