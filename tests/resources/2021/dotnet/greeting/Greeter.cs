using System.Threading.Tasks;

namespace Greeting
{
    public class Greeter
    {
        private readonly string word;

        public Greeter(string word)
        {
            this.word = word;
        }

        public async Task<string> Greet(string name)
        {
            await Task.Yield();
            return $"{word} {name}!";
        }
    }
}
