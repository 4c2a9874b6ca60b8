import { delimiter, dirname } from 'node:path';
import type { Hook } from './hook.ts';

/**
 * Ruby's Net::HTTP follows the variables, but `URI#find_proxy` leaves out loopback. `RUBYOPT` loads a file before the
 * program; it requires nothing, so that Bundler still chooses the versions of all libraries.
 */
export const rubyHook: Hook = {
  id: 'ruby',
  variables({ before, address, files }) {
    const file = files.keep('ruby/sallyport_start.rb', RUBY_HOOK);
    const options = before['RUBYOPT'] ? `${before['RUBYOPT']} ` : '';
    if (!/\s/.test(file)) return { RUBYOPT: `${options}-r${file}`, SALLYPORT_PROXY: address };
    // RUBYOPT ends a word at every blank, and knows no quotes.
    return {
      RUBYOPT: `${options}-rsallyport_start`,
      RUBYLIB: [dirname(file), before['RUBYLIB'] ?? ''].filter(Boolean).join(delimiter),
      SALLYPORT_PROXY: address,
    };
  },
};

const RUBY_HOOK = String.raw`# Written by Sallyport for programs under "sallyport run"; goes away with the variable RUBYOPT.
begin
  address = ENV['SALLYPORT_PROXY']
  if address && ENV['http_proxy'] == address && defined?(TracePoint)
    hook = Module.new do
      define_method(:find_proxy) do |env = ENV|
        found = super(env)
        begin
          if found.nil? && hostname && env['http_proxy'] == address
            loopback = hostname == 'localhost' || hostname =~ /\A(127\.|::1\z)/
            passed = (env['no_proxy'] || env['NO_PROXY'] || '').split(/[\s,]+/)
            past = passed.any? do |entry|
              name = entry.sub(/\A\*?\.?/, '')
              entry == '*' || hostname == name || "#{hostname}:#{port}" == entry || (!name.empty? && hostname.end_with?('.' + name))
            end
            found = URI.parse(address) if loopback && !past && %w[http https].include?(scheme)
          end
        rescue StandardError
          found = nil
        end
        found
      end
    end
    name_of = Module.instance_method(:name)
    TracePoint.new(:end) do |point|
      if Module === point.self && name_of.bind(point.self).call == 'URI::Generic'
        point.self.prepend(hook)
        point.disable if point.respond_to?(:disable)
      end
    end.tap { |trace| trace.enable }
  end
rescue StandardError
  nil
end
`;
