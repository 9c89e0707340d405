/// How far a request has come.
struct RequestReading {
    /// Bytes in which no end of the head was found.
    var scanned = 0
    var head: RequestHead?
    /// The bytes of the head, where they are not needed in front of the body.
    var headBytes: [UInt8] = []
    /// The body, where it comes in pieces.
    var pieces: ChunkedBody?
    /// It was looked at before its body has come.
    var wasJudged = false

    /// Whether something of the request has come.
    var isUnderWay: Bool { scanned > 0 || head != nil }
}
