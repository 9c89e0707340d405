import CFuzzer
import Glibc

/// Sends bytes through a connection: whole, in single bytes, in pieces of other sizes, and with answers that come late. Whatever they are, the connection
/// ends, and it says the same however the bytes were cut.
@main enum FuzzRequests {
    static func main() {
        var (count, arguments): (Int32, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) = (
            CommandLine.argc, CommandLine.unsafeArgv
        )
        exit(
            LLVMFuzzerRunDriver(&count, &arguments) { start, count in
                FuzzRequests.test(Array(UnsafeRawBufferPointer(start: start, count: count)))
                return 0
            })
    }

    private static func test(_ bytes: [UInt8]) {
        let whole = Conversation.of(bytes, cut: [bytes.count], answersLate: false)
        for cut in [[1], [7], [3, 1, 64], [bytes.count / 2 + 1, 1], [1 + Int(bytes.first ?? 0), 2]] {
            precondition(Conversation.of(bytes, cut: cut, answersLate: false) == whole, "another answer in pieces of \(cut)")
        }
        for cut in [[bytes.count], [5, 40]] {
            precondition(Conversation.of(bytes, cut: cut, answersLate: true) == whole, "another answer when answers come late")
        }
    }
}
