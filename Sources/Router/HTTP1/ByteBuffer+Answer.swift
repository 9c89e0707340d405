import NIOCore

extension ByteBuffer {
    /// Writes an answer of HTTP/1.1.
    mutating func write(_ answer: Answer, closes: Bool, withoutBody: Bool) {
        switch answer.status {
        case 204 where !closes:
            writeStaticString("HTTP/1.1 204 No Content\r\n\r\n")
            return
        case 200: writeStaticString("HTTP/1.1 200 OK\r\n")
        case 204: writeStaticString("HTTP/1.1 204 No Content\r\n")
        default: writeString("HTTP/1.1 \(answer.status) \(answer.title)\r\n")
        }
        for field in answer.fields { writeString("\(field.name): \(field.value)\r\n") }
        if closes { writeStaticString("connection: close\r\n") }
        if answer.status != 204 {
            if let type = answer.contentType {
                writeStaticString("content-type: ")
                writeString(type)
            }
            writeStaticString("\r\ncontent-length: ")
            writeDecimal(answer.body.utf8.count)
            writeStaticString("\r\n")
        }
        writeStaticString("\r\n")
        if !withoutBody { writeString(answer.body) }
    }

    private mutating func writeDecimal(_ number: Int) {
        if number >= 10 { writeDecimal(number / 10) }
        writeInteger(UInt8(0x30 + number % 10))
    }
}
