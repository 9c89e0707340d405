import Glibc

/// Whole files as text, with the reason in an operator's words when they can't be read.
enum FileText {
    static func read(_ path: String) throws(ValueProblem) -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    static func bytes(_ path: String) throws(ValueProblem) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw problem(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw problem(path)
            }
            bytes += chunk[..<count]
        }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private static func problem(_ path: String) -> ValueProblem {
        switch errno {
        case ENOENT: ValueProblem("there is no file \(path)", remedy: "create it or correct the path")
        case EACCES: ValueProblem("the file \(path) may not be read", remedy: "let the program's user read it")
        case EISDIR: ValueProblem("\(path) is a folder", remedy: "name a file")
        case let code:
            ValueProblem("the file \(path) can't be read: \(String(cString: strerror(code)))", remedy: "see that it can be read")
        }
    }
}
