/// A body that comes in pieces (RFC 9112, section 7.1), read as they come: what was read need not be kept.
struct ChunkedBody {
    private enum Stage {
        /// The line before a piece.
        case size
        case piece(left: Int)
        /// The end of the line behind a piece.
        case pieceEnd
        /// Fields behind the body, which mean nothing here.
        case trailers(read: Int)
        case complete
    }

    /// What has come of it.
    private(set) var body: [UInt8] = []
    private var stage = Stage.size
    /// Bytes the body may have.
    let most: Int

    init(most: Int) { self.most = most }

    /// Whether the last piece has come, and all behind it.
    var isComplete: Bool { if case .complete = stage { true } else { false } }

    /// Reads on; answers how many of the bytes it has taken. The others must stand at the beginning the next time, with more behind them.
    mutating func read(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> Int {
        var at = 0
        while true {
            switch stage {
            case .size:
                guard let (line, next) = try Self.line(bytes, at) else { return at }
                let size = try Self.size(UnsafeRawBufferPointer(rebasing: bytes[line]))
                guard body.count + size <= most else { throw .contentTooLarge }
                stage = size == 0 ? .trailers(read: 0) : .piece(left: size)
                at = next
            case .piece(let left):
                let taken = min(left, bytes.count - at)
                body.append(contentsOf: bytes[at..<(at + taken)])
                at += taken
                stage = taken == left ? .pieceEnd : .piece(left: left - taken)
                if taken < left { return at }
            case .pieceEnd:
                guard at + 1 < bytes.count else {
                    if at < bytes.count, bytes[at] != UInt8(ascii: "\r") { throw .badRequest }
                    return at
                }
                guard bytes[at] == UInt8(ascii: "\r"), bytes[at + 1] == UInt8(ascii: "\n") else { throw .badRequest }
                at += 2
                stage = .size
            case .trailers(let read):
                guard let (line, next) = try Self.line(bytes, at) else { return at }
                guard read + next - at <= RequestHead.most else { throw .fieldsTooLarge }
                stage = line.isEmpty ? .complete : .trailers(read: read + next - at)
                at = next
            case .complete: return at
            }
        }
    }

    /// Most bytes of a line before or behind a piece.
    static let mostLine = 1024

    /// The line that stands here, and where the next one does; nil while its end has not come.
    private static func line(_ bytes: UnsafeRawBufferPointer, _ start: Int) throws(Refusal) -> (Range<Int>, next: Int)? {
        var at = start
        while at < bytes.count {
            guard at - start <= mostLine else { throw .badRequest }
            if bytes[at] == UInt8(ascii: "\r") {
                guard at + 1 < bytes.count else { return nil }
                guard bytes[at + 1] == UInt8(ascii: "\n") else { throw .badRequest }
                return (start..<at, at + 2)
            }
            guard bytes[at] != UInt8(ascii: "\n") else { throw .badRequest }
            at += 1
        }
        return nil
    }

    private static func size(_ line: UnsafeRawBufferPointer) throws(Refusal) -> Int {
        var size = 0
        var digits = 0
        for byte in line {
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x37
            case 0x61...0x66: digit = byte - 0x57
            // Extensions of a piece mean nothing here.
            case UInt8(ascii: ";") where digits > 0: return size
            default: throw .badRequest
            }
            digits += 1
            guard digits <= 8 else { throw .contentTooLarge }
            size = size << 4 | Int(digit)
        }
        guard digits > 0 else { throw .badRequest }
        return size
    }
}
