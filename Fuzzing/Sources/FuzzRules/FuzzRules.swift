import CFuzzer
import Glibc
import Model

@testable import Routing

/// Compiles bytes as a rule document and, when they are one, follows calls through it: no answer is the called number, and none comes back.
@main enum FuzzRules {
    static func main() {
        var (count, arguments): (Int32, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) = (
            CommandLine.argc, CommandLine.unsafeArgv
        )
        exit(
            LLVMFuzzerRunDriver(&count, &arguments) { start, count in
                FuzzRules.test(String(decoding: UnsafeRawBufferPointer(start: start, count: min(count, 16_384)), as: UTF8.self))
                return 0
            })
    }

    private static func test(_ text: String) {
        guard let program = try? RuleProgram.compile(text, file: "fuzz.yaml") else { return }
        let places = ["+35893100500", "+35893100501", "+35893100502", "+358401110001"].compactMap { E164($0) }
        // Chance that repeats itself.
        var dice = UInt64(text.utf8.count) &* 0x9E37_79B9_7F4A_7C15
        for number in Set(places).union(program.numbers.keys).sorted().prefix(12) {
            for _ in 0..<8 {
                dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                Walk(program, dice).follow(from: number)
            }
        }
    }
}
