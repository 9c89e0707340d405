import Model
import PhoneNumbers

/// The texts under which requests of the numbers of a batch may be kept.
///
/// Each is E.164; a request that came in before the tenant had its region, or by an older program, is kept under the digits dialled at home.
struct KeptNumbers: Sendable {
    /// The number that requests have in common now, by the text.
    private var numbers: [String: String] = [:]

    init(_ requests: some Sequence<CallbackFacts>, _ reader: NumberReader) {
        for request in requests {
            guard let number = request.callableNumber else { continue }
            numbers[number] = number
            for digits in reader.dialledAtHome(request.number) where numbers[digits] == nil { numbers[digits] = number }
        }
    }

    var texts: [String] { numbers.keys.sorted() }

    func number(keptAs text: String) -> String { numbers[text] ?? text }
}
