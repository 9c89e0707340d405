import CPhoneNumbers
import PhoneNumbers
import Testing

/// The quick way through libphonenumber's tables gives what libphonenumber gives.
@Suite struct QuickReadingTests {
    /// Examples that the library itself has, of every kind and region.
    static let examples: [(region: String, national: String, e164: String)] = {
        var all: [(String, String, String)] = []
        for index in Int32(0)..<300 {
            for kind in Int32(0)...11 {
                var region = [CChar](repeating: 0, count: 4)
                var number = phone_number()
                guard phone_numbers_example(index, kind, &region, &number) == 1 else { continue }
                func text(_ value: some Any) -> String {
                    withUnsafeBytes(of: value) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
                }
                let name = region.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
                all.append((String(decoding: name, as: UTF8.self), text(number.national), text(number.e164)))
            }
        }
        return all
    }()

    @Test func `every region's examples read alike`() {
        #expect(Self.examples.count > 1_000)
        for example in Self.examples {
            let parser = PhoneNumberParser(region: example.region)
            for text in [example.e164, example.national, "0" + example.national, "00" + example.e164.dropFirst()] {
                #expect(parser.parse(text) == parser.parsePlainly(text), "\(text) in \(example.region)")
            }
        }
    }

    @Test(arguments: 1...8) func `numbers with mistakes read alike`(seed: UInt64) {
        var source = SplitMix(state: seed)
        for _ in 0..<4_000 {
            let example = Self.examples.randomElement(using: &source)!
            let region = Bool.random(using: &source) ? example.region : Self.examples.randomElement(using: &source)!.region
            let parser = PhoneNumberParser(region: Int.random(in: 0..<20, using: &source) == 0 ? nil : region)
            let text = spoilt(example, &source)
            let (quick, plain) = (parser.parse(text), parser.parsePlainly(text))
            #expect(quick == plain, "\(text) in \(parser.region ?? "no region")")
        }
    }

    private func spoilt(_ example: (region: String, national: String, e164: String), _ source: inout SplitMix) -> String {
        let prefix = ["", "0", "00", "+", "011", "8", "1", "0-", "810"].randomElement(using: &source)!
        var text = Array(Bool.random(using: &source) ? example.e164 : prefix + example.national)
        for _ in 0..<Int.random(in: 0...2, using: &source) where !text.isEmpty {
            let place = Int.random(in: 0..<text.count, using: &source)
            let digit = Character(String(Int.random(in: 0...9, using: &source)))
            switch Int.random(in: 0...2, using: &source) {
            case 0: text[place] = text[place] == "+" ? "+" : digit
            case 1: if text[place] != "+" { text.remove(at: place) }
            default: text.insert(digit, at: text[place] == "+" ? place + 1 : place)
            }
        }
        let marks = [" ", "-", ".", "/", " (", ") ", "  ", " ext 4", "x"]
        return text.map { character in
            String(character) + (Int.random(in: 0..<6, using: &source) == 0 ? marks.randomElement(using: &source)! : "")
        }.joined()
    }
}

/// Random numbers that can be had again.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
