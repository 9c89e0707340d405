import NIOCore

/// From bytes to questions.
extension HTTP1Connection {
    /// Reads on in the present request and answers it when it is complete; false when more has to come first.
    func answerNext(_ present: ByteBuffer) throws(Refusal) -> Bool {
        let wasUnderWay = reading.isUnderWay
        var refusal: Refusal?
        var taken = 0
        var isAnswered = false
        present.withUnsafeReadableBytes { bytes in
            do throws(Refusal) {
                (taken, isAnswered) = try read(bytes)
            } catch {
                refusal = error
            }
        }
        if let refusal { throw refusal }
        // An answer that ends the connection has let go of what is left.
        if taken == present.readableBytes { input = nil } else { input?.moveReaderIndex(forwardBy: taken) }
        if isAnswered {
            reading = RequestReading()
            return true
        }
        // The patience for a request begins with its first byte.
        if !wasUnderWay { deadline = Loop.ticks() + loop.settings.requestPatience }
        judge(present)
        return false
    }

    /// The bytes that were taken, and whether the request is answered.
    private func read(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> (taken: Int, isAnswered: Bool) {
        if reading.pieces != nil { return try readPieces(bytes, from: 0) }
        if reading.head == nil {
            guard let end = try RequestHead.end(in: bytes, scanned: &reading.scanned) else { return (0, false) }
            reading.head = try RequestHead(bytes, end: end)
        }
        guard let head = reading.head else { return (0, false) }
        if head.isChunked {
            reading.headBytes = Array(bytes[..<head.end])
            reading.pieces = ChunkedBody(most: loop.settings.mostBody)
            return try readPieces(bytes, from: head.end)
        }
        let length = head.contentLength ?? 0
        guard length <= loop.settings.mostBody else { throw .contentTooLarge }
        let end = head.end + length
        guard bytes.count >= end else { return (0, false) }
        ask(head, bytes, body: UnsafeRawBufferPointer(rebasing: bytes[head.end..<end]))
        return (end, true)
    }

    private func readPieces(_ bytes: UnsafeRawBufferPointer, from start: Int) throws(Refusal) -> (taken: Int, isAnswered: Bool) {
        let taken = start + (try reading.pieces?.read(UnsafeRawBufferPointer(rebasing: bytes[start...])) ?? 0)
        guard let head = reading.head, let pieces = reading.pieces, pieces.isComplete else { return (taken, false) }
        reading.headBytes.withUnsafeBytes { headBytes in
            pieces.body.withUnsafeBytes { ask(head, headBytes, body: $0) }
        }
        return (taken, true)
    }

    /// Looks at a request whose body has not come: who is refused anyway need not send it, and who waits for a word is told to go on.
    private func judge(_ present: ByteBuffer) {
        guard let head = reading.head, !reading.wasJudged else { return }
        reading.wasJudged = true
        let refusal =
            head.isChunked
            ? reading.headBytes.withUnsafeBytes { loop.refusal(request(head, $0)) }
            : present.withUnsafeReadableBytes { loop.refusal(request(head, $0)) }
        if let refusal {
            put(refusal.asLast, withoutBody: head.method == .head)
        } else if head.expectsContinue {
            putContinue()
        }
    }

    private func request(
        _ head: RequestHead, _ bytes: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer = .init(start: nil, count: 0)
    ) -> RouteRequest {
        func part(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }
        return RouteRequest(
            method: head.method, path: part(head.path), key: head.key.map(part), authorization: head.authorization.map(part),
            body: body, address: address)
    }

    private func ask(_ head: RequestHead, _ bytes: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer) {
        let (isHead, isLast) = (head.method == .head, !head.keepsAlive)
        isAsking = true
        isWaiting = true
        let answer = loop.answer(request(head, bytes, body: body)) { self.answered($0, withoutBody: isHead, isLast: isLast) }
        isAsking = false
        guard let answer else { return }
        isWaiting = false
        put(answer, withoutBody: isHead, isLast: isLast)
    }
}
