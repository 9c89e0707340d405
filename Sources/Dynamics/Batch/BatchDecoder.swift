/// Reads the body of a `$batch` answer as it arrives: a part is read as soon as its end has come, and its bytes are let go.
struct BatchDecoder {
    private let boundary: [UInt8]
    private var buffer: [UInt8] = []
    /// Where the part in hand begins; nil before the first delimiter.
    private var partStart: Int?
    private var scanFrom = 0

    /// The parts read so far, in order.
    private(set) var parts: [BatchPart] = []
    /// Whether the closing delimiter has come; an answer without it was cut off.
    private(set) var isComplete = false

    init(boundary: String) { self.boundary = Array(boundary.utf8) }

    mutating func consume(_ chunk: some Sequence<UInt8>) {
        guard !isComplete else { return }
        buffer.append(contentsOf: chunk)
        scan(atEnd: false)
    }

    /// Tells that no more bytes will come.
    mutating func finish() {
        if !isComplete { scan(atEnd: true) }
    }

    private mutating func scan(atEnd: Bool) {
        var state = (start: partStart, from: scanFrom, complete: false)
        var found: [BatchPart] = []
        buffer.withUnsafeBufferPointer { bytes in
            while true {
                switch Multipart.delimiter(bytes, boundary: boundary, from: state.from, atEnd: atEnd) {
                case .missing(let resume):
                    state.from = resume
                    return
                case .found(let delimiter):
                    if let start = state.start {
                        found.append(BatchPart(UnsafeBufferPointer(rebasing: bytes[start..<max(start, delimiter.contentEnd)])))
                    }
                    (state.start, state.from) = (delimiter.next, delimiter.next)
                    if delimiter.isClosing {
                        state.complete = true
                        return
                    }
                }
            }
        }
        parts.append(contentsOf: found)
        isComplete = state.complete
        drop(before: state.start ?? 0, state)
    }

    private mutating func drop(before used: Int, _ state: (start: Int?, from: Int, complete: Bool)) {
        (partStart, scanFrom) = (state.start, state.from)
        if state.complete {
            buffer = []
        } else if used > 1 << 16 {
            buffer.removeFirst(used)
            partStart = 0
            scanFrom = state.from - used
        }
    }
}
