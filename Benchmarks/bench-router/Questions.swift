import NIOCore

/// Requests, made before the clock runs.
enum Questions {
    /// A question for each of so many callers; every other one is known.
    static func make(_ count: Int, key: String, known: (Int) -> String) -> [ByteBuffer] {
        (0..<count).map { index in
            let anum = index % 2 == 0 ? known(index) : "+4912345\(100_000 + index)"
            let body = #"{"anum":"\#(anum)","bnum":"+35893100500"}"#
            return ByteBuffer(
                string:
                    "POST /route HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-Benemen-APIKey: \(key)\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }
    }
}
