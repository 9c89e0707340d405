/// A request, made before the clock runs, and the status of its answer.
struct Question: Sendable {
    var bytes: [UInt8]
    var status: Int

    /// A question for each of so many callers; every other one is known, and sent elsewhere.
    static func make(_ count: Int, key: String, known: (Int) -> String) -> [Question] {
        (0..<count).map { index in
            let isKnown = index % 2 == 0
            let anum = isKnown ? known(index) : "+4912345\(100_000 + index)"
            let body = #"{"anum":"\#(anum)","bnum":"+35893100500"}"#
            let text =
                "POST /route HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-Benemen-APIKey: \(key)\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            return Question(bytes: Array(text.utf8), status: isKnown ? 200 : 204)
        }
    }
}
